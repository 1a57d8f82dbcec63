printf("before\n");
fflush(stdout);
pause(30);
