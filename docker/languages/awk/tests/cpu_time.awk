BEGIN { while (1) total++ }
