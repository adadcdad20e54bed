// The citizen's page is light and public; everything else is the console. Neither loads the other.
if (location.pathname === '/call') void import('./pages/citizen/mount')
else void import('./console')
export {}
