<?php
echo "before\n";
sleep(30);
