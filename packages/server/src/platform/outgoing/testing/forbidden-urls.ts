const HOSTS = [
  // loopback
  ...['127.0.0.1', '127.1', '127.127.127.127', '2130706433', '0x7f000001', '0177.0.0.1', '①②⑦.⓪.⓪.①'],
  ...['localhost', 'localhost.', 'LOCALHOST', 'ip6-localhost', '0', '0.0.0.0'],
  // IPv6
  ...[
    '[::1]',
    '[::]',
    '[0000::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[::ffff:168.63.129.16]',
  ],
  ...['[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[fe80::1]', '[fc00::1]', '[fd00::1]'],
  ...['[ff02::1]', '[2001:db8::1]', '[3ffe::1]'],
  // private, special
  ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '169.254.1.1', '192.0.0.1'],
  ...['192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  // cloud metadata
  ...['169.254.169.254', '2852039166', '0xa9fea9fe', '169.254.169.254.', '[fd00:ec2::254]'],
  ...['metadata.google.internal', '100.100.100.200', '168.63.129.16'],
]

const TRICKS = [
  'http://good.example@127.0.0.1/',
  'http://127.0.0.1#@good.example/',
  'http://good.example\\@127.0.0.1/',
  'file:///etc/passwd',
  'gopher://good.example/',
  'ftp://good.example/',
  'data:text/plain,x',
  'javascript:alert(1)',
  'http://127.0.0.1:5432/',
  'http://127.0.0.1:8123/',
  'http://127.0.0.1:9000/',
  'http://127.0.0.1:6379/',
  'unix:/var/run/docker.sock',
  'http:127.0.0.1',
  'https:good.example',
  'http://93.184.216.34:22/',
  'http://user:pass@93.184.216.34/',
]

/** URLs that nothing may be sent to: the forms of section 3 of the security reference. */
export const FORBIDDEN_URLS: readonly string[] = [...HOSTS.map((host) => `http://${host}/`), ...TRICKS]
