//! What past posts teach about the next one, and how well (MODELS.md sections 4 and 9).
