Account <- setRefClass("Account",
  fields = list(name = "character", balance = "numeric"),
  methods = list(
    deposit = function(amount) balance <<- balance + amount,
    withdraw = function(amount) {
      if (amount > balance) stop(sprintf("%s has only %d", name, balance))
      balance <<- balance - amount
    }
  )
)

accounts <- new.env()
account <- function(name) {
  if (!exists(name, accounts)) assign(name, Account$new(name = name, balance = 0), accounts)
  get(name, accounts)
}

run <- function(words) {
  amount <- as.integer(tail(words, 1))
  switch(words[1],
    deposit = account(words[2])$deposit(amount),
    withdraw = account(words[2])$withdraw(amount),
    transfer = {
      account(words[2])$withdraw(amount)
      account(words[3])$deposit(amount)
    }
  )
}

for (line in readLines(file("stdin"))) {
  tryCatch(run(strsplit(line, " ")[[1]]), error = function(e) cat("refused: ", conditionMessage(e), "\n", sep = ""))
}
balances <- sapply(sort(ls(accounts)), function(name) account(name)$balance)
cat(paste0(names(balances), "=", balances), sep = " ", fill = TRUE)

queens <- function(size, columns = integer()) {
  row <- length(columns)
  if (row == size) return(1)
  free <- Filter(function(column) !any(columns == column | abs(columns - column) == row - seq_along(columns) + 1), seq_len(size))
  sum(vapply(free, function(column) queens(size, c(columns, column)), numeric(1)))
}
cat("queens", queens(6), fill = TRUE)

fibonacci <- Reduce(function(pair, i) c(pair[2], sum(pair)), seq_len(50), c(0, 1))[1]
cat("fibonacci", format(fibonacci, scientific = FALSE, digits = 15), fill = TRUE)

counts <- table(strsplit("the quick the lazy the dog quick", " ")[[1]])
counts <- counts[order(-counts, names(counts))]
cat(paste0(names(counts), "=", counts), fill = TRUE)

frame <- data.frame(x = 1:10, y = 2 * (1:10) + c(-1, 1))
fit <- lm(y ~ x, frame)
cat(sprintf("slope %.2f, mean %.1f", coef(fit)[["x"]], mean(frame$y)), fill = TRUE)
print(aggregate(y ~ even, transform(frame, even = x %% 2 == 0), sum))
print(matrix(1:4, 2) %*% diag(2))
