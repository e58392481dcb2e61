// Codecs, scaling, sixel, metadata.
