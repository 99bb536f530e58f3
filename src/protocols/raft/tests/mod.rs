//! Each rule of Figure 2, the properties, and clusters under faults.

mod lab;

mod clients;
mod election;
mod replication;
mod shown;

mod checks;

mod cluster;
mod figure_8;
mod naive;
