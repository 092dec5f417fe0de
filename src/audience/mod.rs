//! Whose audience is whose: lists, samples of lists, lookups, and what they say of overlaps and unions (MODELS.md
//! sections 5 and 11).
