"""Priors to posterior, alternative models, cross-validation, placebos, and what they say."""
