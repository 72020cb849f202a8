"""Mending what verification found: damaged ranges fetched again, checked, put in their place.

Finding damage is imnet_data/verification's, asking servers imnet_data/fetching's.
"""
