use strict;
use warnings;
use List::Util qw(max sum0);
use POSIX qw(floor);

package Account {
    sub new { my ($class, $name) = @_; return bless { name => $name, balance => 0 }, $class; }
    sub deposit { my ($self, $amount) = @_; $self->{balance} += $amount; return $self; }
    sub withdraw {
        my ($self, $amount) = @_;
        die "$self->{name} has only $self->{balance}\n" if $amount > $self->{balance};
        $self->{balance} -= $amount;
        return $self;
    }
}

my %accounts;
sub account { my $name = shift; return $accounts{$name} //= Account->new($name); }

my %commands = (
    deposit  => sub { my ($name, $amount) = @_; account($name)->deposit($amount); },
    withdraw => sub { my ($name, $amount) = @_; account($name)->withdraw($amount); },
    transfer => sub { my ($from, $to, $amount) = @_; account($from)->withdraw($amount); account($to)->deposit($amount); },
);

while (my $line = <STDIN>) {
    my ($command, @words) = $line =~ /(\w+)/g;
    eval { $commands{$command}->(@words); 1 } or print "refused: $@";
}
print join(' ', map { "$_=$accounts{$_}{balance}" } sort keys %accounts), "\n";

sub queens {
    my ($size, @columns) = @_;
    return 1 if @columns == $size;
    my $row = @columns;
    return sum0 map { queens($size, @columns, $_) } grep {
        my $column = $_;
        !grep { $columns[$_] == $column || abs($columns[$_] - $column) == $row - $_ } 0 .. $#columns
    } 0 .. $size - 1;
}
print "queens ", queens(6), "\n";

my ($first, $second) = (0, 1);
($first, $second) = ($second, $first + $second) for 1 .. 50;
print "fibonacci $first\n";

my %counts;
$counts{$_}++ for split ' ', 'the quick the lazy the dog quick';
print join(' ', map { "$_=$counts{$_}" } sort { $counts{$b} <=> $counts{$a} || $a cmp $b } keys %counts), "\n";
die "arithmetic" unless floor(7 / 2) == max(1, 3);
