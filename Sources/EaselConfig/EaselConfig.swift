// Configuration and themes from TOML.
