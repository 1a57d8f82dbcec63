SELECT 'before';
.shell sleep 30
