"""The experiment: stacks are deployed, verified, loaded and watched; what came of it is kept."""
