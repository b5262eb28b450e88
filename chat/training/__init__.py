"""Makes the judge's parameters from the bank. Never needed at run time; needs the extra `train`."""
