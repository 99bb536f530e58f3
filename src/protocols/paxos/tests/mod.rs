//! Handlers against the paper; properties against brute force.
