import {
  ActionIcon,
  Badge,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  DrawerOverlay,
  Input,
  InputWrapper,
  type MantineColorsTuple,
  Menu,
  Modal,
  Radio,
  SegmentedControl,
  Switch,
  Tooltip,
} from '@mantine/core'

/** Deep water: the one hue of actions and selection. */
const water: MantineColorsTuple = [
  '#eef8fa',
  '#dceef1',
  '#b0dde5',
  '#83c8d4',
  '#52aebf',
  '#2a93a7',
  '#147487',
  '#0d6577',
  '#0b5262',
  '#083c49',
]

const stone: MantineColorsTuple = [
  '#f4f7f7',
  '#eaf1f2',
  '#dbe3e5',
  '#c4d0d3',
  '#a6b5b9',
  '#7d8f95',
  '#52636a',
  '#3d4c52',
  '#26343a',
  '#14201f',
]

const night: MantineColorsTuple = [
  '#e3ecee',
  '#c3d0d3',
  '#9aabb0',
  '#5f747b',
  '#2f4148',
  '#1a272b',
  '#162226',
  '#121c1f',
  '#0c1416',
  '#0a1113',
]

const CONTROL_HEIGHTS: Readonly<Record<string, string>> = { xs: '26px', sm: '32px', md: '36px' }

// Water over the page, not a blur.
const OVERLAY = { color: '#06181c', backgroundOpacity: 0.45, blur: 0 }

// Small words never fall under 12 px.
const NOTE = { fontSize: '12px' }

/** Mantine in our clothes: sizes on the 4 px grid, our colours, AA on both grounds. */
export const theme = createTheme({
  primaryColor: 'water',
  primaryShade: { light: 7, dark: 6 },
  // Our fills are dark enough for white on both grounds; by luminance Mantine would choose black at times.
  autoContrast: false,
  colors: { water, gray: stone, dark: night },
  black: '#14201f',
  fontFamily: 'var(--font-text)',
  fontFamilyMonospace: 'var(--font-code)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.45', lg: '1.5', xl: '1.4' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '3px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: { fontFamily: 'var(--font-text)', fontWeight: '600' },
  components: {
    Button: Button.extend({
      defaultProps: { size: 'sm' },
      vars: (_theme, { size }) => ({
        root: { '--button-height': CONTROL_HEIGHTS[size ?? 'sm'], '--button-padding-x': '12px' },
      }),
      styles: { label: { fontWeight: 500 } },
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    Input: Input.extend({
      defaultProps: { size: 'sm' },
      vars: (_theme, { size }) => ({ wrapper: { '--input-height': CONTROL_HEIGHTS[size ?? 'sm'] } }),
    }),
    Drawer: Drawer.extend({ defaultProps: { overlayProps: OVERLAY } }),
    DrawerOverlay: DrawerOverlay.extend({ defaultProps: OVERLAY }),
    // The placeholder is a child that a menu may not have.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    InputWrapper: InputWrapper.extend({
      defaultProps: { size: 'sm' },
      styles: {
        label: { marginBottom: '4px' },
        description: { ...NOTE, marginBottom: '4px' },
        error: NOTE,
      },
    }),
    Checkbox: Checkbox.extend({ styles: { description: NOTE, error: NOTE } }),
    Radio: Radio.extend({ styles: { description: NOTE, error: NOTE } }),
    Switch: Switch.extend({ styles: { description: NOTE, error: NOTE } }),
    SegmentedControl: SegmentedControl.extend({ styles: { label: { fontWeight: 500 } } }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        overlayProps: OVERLAY,
        radius: 'md',
        transitionProps: { duration: 120, transition: 'fade' },
      },
      styles: { title: { fontWeight: 600, fontSize: '16px' } },
    }),
    // Within a dialog it is no banner of the page.
    ModalHeader: { defaultProps: { role: 'none' } },
    Badge: Badge.extend({ styles: { root: { textTransform: 'none', fontWeight: 500 } } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 250, transitionProps: { duration: 80 } } }),
  },
})

/** Mantine's own variables, said in ours. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--quiet)',
    '--mantine-color-anchor': 'var(--brand)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-placeholder': 'var(--quiet)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--line)',
    '--mantine-color-water-filled': 'var(--brand-fill)',
    '--mantine-color-water-filled-hover': 'var(--brand-strong-fill)',
    '--mantine-color-water-light': 'var(--brand-tint)',
    '--mantine-color-water-light-color': 'var(--brand)',
    '--mantine-color-water-outline': 'var(--brand)',
    '--mantine-color-water-text': 'var(--brand)',
    '--mantine-color-gray-text': 'var(--quiet)',
    '--mantine-color-red-filled': 'var(--bad-fill)',
    '--mantine-color-red-filled-hover': 'var(--bad-fill-strong)',
    '--mantine-color-red-text': 'var(--bad)',
  }
  return { variables: {}, light: shared, dark: shared }
}
