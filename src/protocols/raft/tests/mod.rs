//! Each rule of Figure 2, the properties, and clusters under faults.

mod lab;

mod clients;
mod election;
mod replication;

mod checks;

mod cluster;
mod figure_8;
