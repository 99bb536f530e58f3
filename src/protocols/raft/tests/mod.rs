//! Each rule of Figure 2, the properties, and clusters under faults.

mod cluster;
mod figure_8;
