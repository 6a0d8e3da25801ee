"""What stands between the network and the application: who may, how much, and what is seen."""
