count = str2double(fgetl(stdin));
numbers = sscanf(fgetl(stdin), "%d");
assert(numel(numbers) == count);
printf("sum %d\n", sum(numbers));
while ischar(line = fgetl(stdin))
  printf("last %s\n", line);
end
