// Mantine in the house's colours: deep green and warm greys. The page's own colours are in styles.css.
import { createTheme, type MantineColorsTuple } from '@mantine/core'

const huduma: MantineColorsTuple = [
  '#e8f5f1', '#d0e9e2', '#a3d4c6', '#72bda9', '#4aa98f', '#2b937a', '#147a66', '#0b6b5a', '#085647', '#054035',
]
const gray: MantineColorsTuple = [
  '#faf8f5', '#f4f2ee', '#eae6df', '#dcd7ce', '#c4bdb1', '#8c857a', '#6b655b', '#4f4a42', '#38342e', '#1f1d1a',
]
const dark: MantineColorsTuple = [
  '#f0ede7', '#d6d1c8', '#b5afa5', '#958f85', '#5f5a52', '#4a463f', '#38352f', '#262421', '#1c1b18', '#141311',
]

export const theme = createTheme({
  colors: { huduma, gray, dark },
  primaryColor: 'huduma',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'md',
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif",
  fontSizes: { xs: '0.78rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35 } } },
    // A dialog's heading is no banner of the page.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    DrawerHeader: { defaultProps: { role: 'presentation' } },
    // A menu stands among its page's landmarks and holds nothing but its items; the first of them has the focus.
    Menu: {
      defaultProps: {
        shadow: 'md', transitionProps: { duration: 80 }, withinPortal: false, withInitialFocusPlaceholder: false,
      },
    },
  },
})
