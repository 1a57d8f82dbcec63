program busy
  implicit none
  integer, volatile :: total
  do
    total = 1
  end do
end program busy
