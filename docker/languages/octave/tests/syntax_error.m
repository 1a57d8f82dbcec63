printf("never\n");
if (true
