//! Small files that other programs wrote, byte for byte.
