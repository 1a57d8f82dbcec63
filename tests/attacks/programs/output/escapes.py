import sys

sys.stdout.write("\x1b[2J\x1b]0;title\x07\x1b[6n\x9b31m\r\b\x7f</script><script>alert(1)</script><!--\u2028\u202e]]>")
