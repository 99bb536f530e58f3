//! Each rule of Figure 2, and the properties.
