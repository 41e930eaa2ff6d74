"""The fit: priors to posterior, rivals, hold-outs, placebos and what they say."""
