<?php
$blocks = [];
while (true) {
    $blocks[] = str_repeat("x", 4 * 1024 * 1024);
}
