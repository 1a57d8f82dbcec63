1;  % a script file, not a function file

function accounts = withdraw(accounts, name, amount)
  balance = accounts(name);
  if amount > balance
    error("bank:refused", "%s has only %d", name, balance);
  end
  accounts(name) = balance - amount;
end

function accounts = deposit(accounts, name, amount)
  if !isKey(accounts, name)
    accounts(name) = 0;
  end
  accounts(name) += amount;
end

function count = queens(size, columns)
  row = numel(columns);
  count = row == size;
  if count
    return;
  end
  for column = 1:size
    if !any(columns == column | abs(columns - column) == row + 1 - (1:row))
      count += queens(size, [columns column]);
    end
  end
end

accounts = containers.Map();
while ischar(line = fgetl(stdin))
  words = strsplit(line, " ");
  amount = str2double(words{end});
  try
    switch words{1}
      case "deposit"
        accounts = deposit(accounts, words{2}, amount);
      case "withdraw"
        accounts = withdraw(accounts, words{2}, amount);
      case "transfer"
        accounts = withdraw(accounts, words{2}, amount);
        accounts = deposit(accounts, words{3}, amount);
    end
  catch problem
    printf("refused: %s\n", problem.message);
  end
end
parts = cellfun(@(name) sprintf("%s=%d", name, accounts(name)), keys(accounts), "UniformOutput", false);
printf("%s\n", strjoin(parts, " "));
printf("queens %d\n", queens(6, []));
pair = [0 1];
for i = 1:50
  pair = [pair(2) sum(pair)];
end
printf("fibonacci %d\n", pair(1));
[names, ~, index] = unique(strsplit("the quick the lazy the dog quick", " "));
counts = accumarray(index(:), 1);
[~, order] = sort(-counts);
printf("%s\n", strjoin(arrayfun(@(i) sprintf("%s=%d", names{i}, counts(i)), order', "UniformOutput", false), " "));
A = [4 1; 2 3];
disp(sort(eig(A))');
printf("%.4f %.4f\n", A \ [1; 2]);
printf("%.3f\n", quad(@(x) x .^ 2, 0, 3));
