total <- 0
while (TRUE) total <- total + 1
