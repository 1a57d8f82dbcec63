print "y" x 100, "\n" while 1;
