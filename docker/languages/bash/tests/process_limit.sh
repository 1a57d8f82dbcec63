bomb() { bomb | bomb & wait; }
bomb
