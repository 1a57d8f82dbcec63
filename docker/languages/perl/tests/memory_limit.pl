my @blocks;
push @blocks, "x" x (4 * 1024 * 1024) . scalar @blocks while 1;
