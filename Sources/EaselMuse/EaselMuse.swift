// The built-in engine.
