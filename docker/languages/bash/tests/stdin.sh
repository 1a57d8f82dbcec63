read -r count
read -r -a numbers
sum=0
for number in "${numbers[@]:0:count}"; do ((sum += number)); done
echo "sum $sum"
while IFS= read -r line; do echo "last $line"; done
