use strict;
use warnings;

$| = 1;
print "before\n";
my $nothing;
$nothing->method();
