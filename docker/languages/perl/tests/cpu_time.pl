my $total = 0;
$total += 1 while 1;
