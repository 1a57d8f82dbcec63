print "never\n";
if (1 {
