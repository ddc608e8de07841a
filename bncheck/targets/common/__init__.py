"""What adapters share: recognition by names, probing, and checks of what comes back."""
