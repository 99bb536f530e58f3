//! What moves: messages on their way, messages that die, timers that run down. All of it is drawn
//! on one canvas over the stage, once a frame and only while anything moves.
//!
//! Everything is a function of the scene and of the virtual time that is shown, so that a picture
//! at rest is the same whether one played, stepped or sought to get there.

use std::f64::consts::PI;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::Layout;
use super::arrange::{Camera, WHOLE};
use super::geometry::{Geometry, Point, point_on};
use super::glyphs::Glyphs;
use super::place::{Waiting, part, place};
use crate::order::SortedMap;
use crate::sim::session::{Flight, Loss};
use crate::ui::hooks::browser;
use crate::ui::hooks::number::between;
use crate::ui::state::scene::{Scene, Selection};
use crate::ui::state::tell;
use crate::view::{MessageName, NodeId};

/// How far a message's picture reaches from its middle.
const REACH: f64 = 9.0;
/// How long a lost message is seen to die, in milliseconds at the speed of the run.
const DYING_MS: f64 = 700.0;
/// But no longer than at this speed, lest the picture fill with the dead.
const DYING_SPEED: f64 = 0.2;
/// The end of a timer shorter than this is nothing to be alarmed at, in microseconds.
const ALARMING_US: f64 = 100_000.0;
/// How near a click must be to a message.
const HIT: f64 = 14.0;

/// Draws on the canvas.
#[derive(Default)]
pub struct Painter {
    canvas: Option<HtmlCanvasElement>,
    context: Option<CanvasRenderingContext2d>,
    geometry: Option<Layout>,
    colours: Option<Colours>,
    sprites: Vec<(Sprite, HtmlCanvasElement)>,
    ways: SortedMap<(NodeId, NodeId), [Point; 3]>,
    glyphs: Option<(usize, Glyphs)>,
    /// Pixels of the screen for each of the page.
    scale: f64,
    camera: Option<Camera>,
}

/// The colours of the theme, read from the style sheet.
struct Colours {
    paper: String,
    ink: String,
    soft: String,
    track: String,
    violated: String,
    trying: String,
    focus: String,
    generations: Vec<String>,
    plain: String,
}

/// A picture of a message, drawn once and then copied.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sprite {
    /// The kind by its address: every message of a kind has the same.
    kind: usize,
    reply: bool,
    refusal: bool,
    hue: u8,
}

/// The hue of a message that speaks of no generation.
const PLAIN: u8 = u8::MAX;

impl Painter {
    /// Gives or takes the canvas.
    pub fn attach(&mut self, canvas: Option<HtmlCanvasElement>) {
        let context = canvas.as_ref().and_then(|canvas| canvas.get_context("2d").ok().flatten());
        self.context = context.and_then(|context| context.dyn_into().ok());
        self.canvas = canvas;
        self.resize();
    }

    /// Changes where everything stands, and from where one looks.
    pub fn lay_out(&mut self, geometry: Layout, camera: Camera) {
        let reach = self.reach();
        self.geometry = Some(geometry);
        self.ways.clear();
        // Pictures are made for one size.
        if (self.reach() - reach).abs() > 1e-9 || (self.camera().k - camera.k).abs() > 1e-9 {
            self.sprites.clear();
        }
        self.camera = Some(camera);
        self.resize();
    }

    fn camera(&self) -> Camera {
        self.camera.unwrap_or(WHOLE)
    }

    /// The theme has changed.
    pub fn forget_colours(&mut self) {
        self.colours = None;
        self.sprites.clear();
    }

    fn resize(&mut self) {
        let (Some(canvas), Some(geometry)) = (&self.canvas, &self.geometry) else { return };
        let ratio = browser::window().map_or(1.0, |window| window.device_pixel_ratio());
        let ratio = between(ratio, 1.0, 3.0);
        let (width, height) = ((geometry.width * ratio) as u32, (geometry.height * ratio) as u32);
        if canvas.width() != width || canvas.height() != height {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        if (self.scale - ratio).abs() > 1e-9 {
            self.scale = ratio;
            self.sprites.clear();
        }
    }

    /// Draws one frame.
    pub fn paint(
        &mut self,
        scene: &Scene,
        shown: f64,
        arriving: &[Flight],
        selection: Option<Selection>,
    ) {
        write_clock(shown);
        let (Some(context), Some(geometry)) = (self.context.clone(), self.geometry.clone()) else {
            return;
        };
        if self.colours.is_none() {
            self.colours = Colours::read();
        }
        let id = std::ptr::from_ref(scene.info) as usize;
        if self.glyphs.as_ref().is_none_or(|(of, _)| *of != id) {
            self.glyphs = Some((id, Glyphs::new(scene.info)));
            self.sprites.clear();
        }
        let _ = context.set_transform(self.scale, 0.0, 0.0, self.scale, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, geometry.width, geometry.height);
        self.look(&context);
        self.paint_timers(&context, &geometry, scene, shown);
        for loss in scene.losses.iter() {
            self.paint_loss(&context, &geometry, loss, scene, shown);
        }
        self.paint_flights(&context, &geometry, scene, shown, arriving);
        if let Some(Selection::Message(name)) = selection {
            let waiting = Waiting::default();
            for flight in scene.flights.iter() {
                let at = place(&geometry, scene, flight, shown, &waiting);
                if flight.name == name {
                    self.paint_choice(&context, at);
                }
            }
        }
    }

    /// From here on the context takes places of the layout.
    fn look(&self, context: &CanvasRenderingContext2d) {
        let (scale, Camera { k, x, y }) = (self.scale, self.camera());
        let _ = context.set_transform(scale * k, 0.0, 0.0, scale * k, scale * x, scale * y);
    }

    /// A thousand messages are to cost no more than a few milliseconds: nothing is measured,
    /// formatted or allocated here for a message, and pictures are copied pixel by pixel.
    fn paint_flights(
        &mut self,
        context: &CanvasRenderingContext2d,
        geometry: &Geometry,
        scene: &Scene,
        shown: f64,
        arriving: &[Flight],
    ) {
        let waiting = Waiting::default();
        let Camera { k, x: off_x, y: off_y } = self.camera();
        let scale = self.scale * k;
        let (off_x, off_y) = (off_x * self.scale, off_y * self.scale);
        let reach = self.reach() * scale;
        let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        for flight in arriving.iter().chain(scene.flights.iter()) {
            if flight.sent_at as f64 > shown + 0.5 {
                continue;
            }
            let at = match flight.due_at.filter(|_| !flight.held) {
                None => place(geometry, scene, flight, shown, &waiting),
                Some(due) => {
                    let ends = (flight.name.from, flight.to);
                    let way = self.ways.or_insert_with(ends, || geometry.way(ends.0, ends.1));
                    point_on(way, part(flight.sent_at, due, shown))
                }
            };
            let Some(sprite) = self.sprite(flight) else { return };
            let (x, y) = (at.x * scale + off_x - reach, at.y * scale + off_y - reach);
            let picture = &self.sprites[sprite].1;
            let _ = context.draw_image_with_html_canvas_element(picture, x, y);
            if flight.name.copy > 1 {
                self.paint_copy(context, flight.name.copy, at);
                let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
            }
        }
        self.look(context);
    }

    /// The number of a duplicate, at its shoulder.
    fn paint_copy(&self, context: &CanvasRenderingContext2d, copy: u32, at: Point) {
        let Some(colours) = &self.colours else { return };
        self.look(context);
        context.set_fill_style_str(&colours.ink);
        context.set_font("10px system-ui, sans-serif");
        let _ = context.fill_text(&format!("×{copy}"), at.x + 8.0, at.y - 6.0);
    }

    /// How far a picture reaches from its middle, in CSS pixels.
    fn reach(&self) -> f64 {
        let many = self.geometry.as_ref().is_some_and(|geometry| geometry.names.servers > 12);
        if many { (REACH + 2.0) * 0.7 } else { REACH + 2.0 }
    }

    /// The message drawn nearest to a place of the stage, if any is near enough.
    pub fn hit(&self, scene: &Scene, shown: f64, place_seen: Point) -> Option<MessageName> {
        let geometry = self.geometry.as_ref()?;
        let camera = self.camera();
        let under = camera.under(place_seen);
        let waiting = Waiting::default();
        let mut best: Option<(f64, MessageName)> = None;
        for flight in scene.flights.iter() {
            let at = place(geometry, scene, flight, shown, &waiting);
            let distance = at.far(under);
            if distance <= HIT.max(HIT / camera.k) && best.is_none_or(|(least, _)| distance < least)
            {
                best = Some((distance, flight.name));
            }
        }
        best.map(|(_, name)| name)
    }

    fn paint_timers(
        &self,
        context: &CanvasRenderingContext2d,
        geometry: &Geometry,
        scene: &Scene,
        shown: f64,
    ) {
        let Some(colours) = &self.colours else { return };
        for shot in &scene.nodes {
            if !shot.up {
                continue;
            }
            let at = geometry.at(shot.id);
            let mut radius = geometry.radius_of(shot.id) + 7.0;
            for timer in &shot.timers {
                let length = timer.due_at.saturating_sub(timer.set_at).max(1) as f64;
                let left = between((timer.due_at as f64 - shown) / length, 0.0, 1.0);
                context.set_line_width(3.0);
                context.set_stroke_style_str(&colours.track);
                context.begin_path();
                let _ = context.arc(at.x, at.y, radius, 0.0, 2.0 * PI);
                context.stroke();
                let near = left < 0.2 && length > ALARMING_US;
                let colour = if near { &colours.trying } else { &colours.soft };
                context.set_stroke_style_str(colour);
                context.begin_path();
                let end = -PI / 2.0 + left * 2.0 * PI;
                let _ = context.arc(at.x, at.y, radius, -PI / 2.0, end);
                context.stroke();
                radius += 5.0;
            }
        }
    }

    fn paint_flight(&mut self, context: &CanvasRenderingContext2d, flight: &Flight, at: Point) {
        let reach = self.reach();
        let Some(sprite) = self.sprite(flight) else { return };
        let _ = context.draw_image_with_html_canvas_element_and_dw_and_dh(
            &self.sprites[sprite].1,
            at.x - reach,
            at.y - reach,
            reach * 2.0,
            reach * 2.0,
        );
    }

    fn paint_choice(&self, context: &CanvasRenderingContext2d, at: Point) {
        let Some(colours) = &self.colours else { return };
        context.set_stroke_style_str(&colours.focus);
        context.set_line_width(2.0);
        context.begin_path();
        let _ = context.arc(at.x, at.y, REACH + 4.0, 0.0, 2.0 * PI);
        context.stroke();
    }

    /// A lost message bursts where it was lost: a cross, and a ring that grows and fades.
    fn paint_loss(
        &mut self,
        context: &CanvasRenderingContext2d,
        geometry: &Geometry,
        loss: &Loss,
        scene: &Scene,
        shown: f64,
    ) {
        let age =
            (shown - loss.lost_at as f64) / (DYING_MS * 1_000.0 * scene.speed.min(DYING_SPEED));
        let flight = &loss.flight;
        if age > 1.0 {
            return;
        }
        let at = geometry.along(flight.name.from, flight.to, death(loss));
        if age < 0.0 {
            let waiting = Waiting::default();
            let at = place(geometry, scene, flight, shown, &waiting);
            if (flight.sent_at as f64) <= shown {
                self.paint_flight(context, flight, at);
            }
            return;
        }
        context.set_global_alpha((1.0 - age).max(0.15));
        self.paint_flight(context, flight, at);
        if let Some(colours) = &self.colours {
            context.set_stroke_style_str(&colours.violated);
            context.set_line_width(2.0);
            context.begin_path();
            let arm = 7.0;
            context.move_to(at.x - arm, at.y - arm);
            context.line_to(at.x + arm, at.y + arm);
            context.move_to(at.x + arm, at.y - arm);
            context.line_to(at.x - arm, at.y + arm);
            context.stroke();
            context.begin_path();
            let _ = context.arc(at.x, at.y, REACH + age * 12.0, 0.0, 2.0 * PI);
            context.stroke();
        }
        context.set_global_alpha(1.0);
    }

    /// The place of a message's picture among the sprites.
    fn sprite(&mut self, flight: &Flight) -> Option<usize> {
        let colours = self.colours.as_ref()?;
        let count = colours.generations.len().max(1) as u64;
        let hue = flight.generation.map_or(PLAIN, |generation| (generation % count) as u8);
        let kind = flight.kind.as_ptr() as usize;
        let key = Sprite { kind, reply: flight.reply, refusal: flight.refusal, hue };
        if let Some(found) = self.sprites.iter().position(|(known, _)| *known == key) {
            return Some(found);
        }
        let (_, glyphs) = self.glyphs.as_ref()?;
        let letter = glyphs.letter(flight.kind);
        let picture =
            draw_sprite(key, letter, colours, self.scale * self.camera().k, self.reach())?;
        self.sprites.push((key, picture));
        Some(self.sprites.len() - 1)
    }
}

/// Where on its way a message was lost.
fn death(loss: &Loss) -> f64 {
    let flight = &loss.flight;
    let Some(due) = flight.due_at else { return 0.5 };
    let length = due.saturating_sub(flight.sent_at);
    if length == 0 || loss.lost_at <= flight.sent_at {
        return 0.5;
    }
    let part = (loss.lost_at - flight.sent_at) as f64 / length as f64;
    between(part, 0.08, 1.0)
}

/// The clock in the transport counts without anything else being rendered.
fn write_clock(shown: f64) {
    let clock = browser::document().and_then(|document| document.get_element_by_id("clock"));
    if let Some(clock) = clock {
        clock.set_text_content(Some(&tell::clock(shown.max(0.0) as u64)));
    }
}

fn draw_sprite(
    key: Sprite,
    letter: char,
    colours: &Colours,
    scale: f64,
    half: f64,
) -> Option<HtmlCanvasElement> {
    let canvas: HtmlCanvasElement =
        browser::document()?.create_element("canvas").ok()?.dyn_into().ok()?;
    let reach = REACH + 2.0;
    let size = (half * 2.0 * scale).ceil() as u32;
    canvas.set_width(size);
    canvas.set_height(size);
    let context: CanvasRenderingContext2d =
        canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
    let scale = scale * half / reach;
    let _ = context.scale(scale, scale);
    let fill = match key.hue {
        PLAIN => &colours.plain,
        hue => colours.generations.get(usize::from(hue)).unwrap_or(&colours.plain),
    };
    let middle = reach;
    context.begin_path();
    if key.reply {
        let arm = REACH;
        context.move_to(middle, middle - arm);
        context.line_to(middle + arm, middle);
        context.line_to(middle, middle + arm);
        context.line_to(middle - arm, middle);
        context.close_path();
    } else {
        let _ = context.arc(middle, middle, REACH - 0.5, 0.0, 2.0 * PI);
    }
    context.set_fill_style_str(if key.refusal { &colours.paper } else { fill });
    context.fill();
    context.set_line_width(if key.refusal { 2.5 } else { 1.25 });
    context.set_stroke_style_str(if key.refusal { &colours.violated } else { &colours.ink });
    context.stroke();
    context.set_fill_style_str(if key.refusal { &colours.ink } else { "#16181a" });
    context.set_font(if key.reply {
        "600 9px system-ui, sans-serif"
    } else {
        "600 11px system-ui, sans-serif"
    });
    context.set_text_align("center");
    context.set_text_baseline("middle");
    let _ = context.fill_text(&letter.to_string(), middle, middle + 0.5);
    Some(canvas)
}

impl Colours {
    fn read() -> Option<Colours> {
        let window = browser::window()?;
        let root = browser::document()?.document_element()?;
        let style = window.get_computed_style(&root).ok().flatten()?;
        let get =
            |name: &str| style.get_property_value(name).unwrap_or_default().trim().to_string();
        let generations = (0..8).map(|place| get(&format!("--gen-{place}"))).collect();
        Some(Colours {
            paper: get("--paper"),
            ink: get("--ink"),
            soft: get("--arc"),
            track: get("--track"),
            violated: get("--violated"),
            trying: get("--trying"),
            focus: get("--focus"),
            generations,
            plain: get("--plain"),
        })
    }
}
