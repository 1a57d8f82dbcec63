program wrong
  implicit none
  print *, missing
end program wrong
