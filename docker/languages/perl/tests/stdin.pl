use strict;
use warnings;

my $count = <STDIN>;
my @numbers = split ' ', <STDIN>;
die "wrong count" unless @numbers == $count;
my $sum = 0;
$sum += $_ for @numbers;
print "sum $sum\n";
while (my $line = <STDIN>) {
    chomp $line;
    print "last $line\n";
}
