$| = 1;
print "before\n";
sleep 30;
