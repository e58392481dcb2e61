// Owns the state, carries out effects.
