"""What is asked of the model: compare, explain, counterfactual, sweep."""
