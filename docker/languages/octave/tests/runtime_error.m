printf("before\n");
items = [1 2 3];
disp(items(4));
