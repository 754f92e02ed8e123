"""Arguments → jobs → text or JSON. Knows neither Qt nor, before a job needs it, torch."""
