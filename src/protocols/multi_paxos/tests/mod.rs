//! A server on the bench, the checks by hand, whole clusters, and everything against everything.

mod lab;

mod checks;
mod clients;
mod cluster;
mod learning;
mod naive;
mod phase1;
mod phase2;
mod shown;
