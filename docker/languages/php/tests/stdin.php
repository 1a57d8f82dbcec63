<?php
$count = (int) fgets(STDIN);
$numbers = array_map('intval', explode(' ', fgets(STDIN)));
if (count($numbers) !== $count) exit(1);
echo 'sum ', array_sum($numbers), "\n";
while (($line = fgets(STDIN)) !== false) {
    echo 'last ', mb_substr(rtrim($line), 0, 20), "\n";
}
