<?php
echo "before\n";
function third(array $items): int { return $items["third"]->value(); }
third(["first" => 1, "third" => null]);
