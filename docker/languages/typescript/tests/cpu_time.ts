let total: number = 0;
for (;;) total++;
