program reading
  implicit none
  integer :: count, status
  integer, allocatable :: numbers(:)
  character(len=100) :: line
  read *, count
  allocate (numbers(count))
  read *, numbers
  print '(a, i0)', 'sum ', sum(numbers)
  read (*, '(a)', iostat=status) line
  print '(a)', 'last '//trim(line)
end program reading
