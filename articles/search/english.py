"""What the search knows of English, with the Spanish words that patients type while the pages are English."""

import re

from articles.search.lexicon import Lexicon, forms_in, groups_in, sayings_in, words_in

ENGLISH = Lexicon(
    stop=words_in("""
        a about after all also always am an and any are as at be because been being but by can cant could did do does
        doesnt doing dont for from get gets getting go goes going good got had has have having he help her hers him his
        how i if ill im in into is isnt it its ive just keep keeps kind like lot make makes me more most much my need no
        not of off on one only or our out over own please really she should so some still such than that thats the their
        them then there these they thing things this those to too until up us very want was we were went what whats when
        where which while el la los las del de en mi un una por
        para con away both either since because during still again ever
        always never sometimes today now then while whole really quite maybe people person
        who why will with without wont would yall you your yours
    """),
    irregular=forms_in("""
        foot feet footed
        toe toed
        arch arched
        child children childrens childs
        kid kiddo
        swell swollen swelled swoll swole
        seize seizes seized seizing
        straighten straightened straightening straightens
        break broke broken
        tear tore torn
        wear wore worn
        grow grew grown
        ingrow ingrown
        bend bent
        fall fell
        stand stood
        sting stung
        wake woke waking
        run runner runners
        dance dancer dancers
        walk walker
        thick thickened thickening
        fungus fungi fungal
        diabetes diabetic diabetics
        arthritis arthritic
        gout gouty
        verruca verrucae
        tendonitis tendinitis
        tendinopathy tendinosis
        infection infected
        ulcer ulcerated ulceration
        fasciitis fascia
        phone fone phon
        number numbr nummer
    """),
    alike=groups_in("""
        pain hurt ache tender kill throb agony
        sore: pain hurt ache tender
        child kid son daughter boy girl toddler teen baby pediatric grandson granddaughter grandchild infant
        bottom under underneath beneath underside sole plantar
        swell puffy
        bump lump knot knob
        nail toenail
        behind back
        itch scratch
        crack split
        peel flake
        bend curl crook claw buckle
        twist roll turn sprain
        roll pronate overpronation
        smell stink odor
        collapse fallen drop
        inside inner inward
        outside outer outward
        front forefoot
        little small pinky baby
        numb feeling
        tingle prickle pin needle
        pebble stone rock marble
        pop snap
        wound ulcer sore cut
        discolored yellow brown black purple blue green white
        burn fire hot
        shock electric zap jolt
        dance ballet
        run jog sport soccer basketball football baseball gymnastics marathon
        crumble brittle
        break fracture
        morning wake
        sugar diabetes
        thick hard
        ingrow grow dig
        spike spur
        sit rest
        callus callous
        wart verruca
        joint knuckle
        attack flare
        seize cramp spasm
        speck dot spot
        insole insert orthotic
    """),
    sounds_like=forms_in("""
        heel heal
        heels heals
        sole soul
        soles souls
        toe tow
        toes tows
        feet feat
        pain pane panes payne
        plantar planter planters
        callus callous calloused
        calluses callouses
    """),
    sayings=sayings_in("""
        cant feel | cannot feel | can not feel | dont feel anything | no feeling | no sensation: numb neuropathy
        lost feeling | losing feeling | loss of feeling | without feeling | lack of feeling: numb neuropathy
        lost sensation: numb neuropathy
        cant tell * hot | cant tell * cold | cannot tell * hot | cant tell * temperature: numb neuropathy
        dont notice: numb neuropathy
        wont bend | doesnt bend | cant bend | cannot bend | not bend | cant move | wont move | no movement: stiff
        hurts to bend | pain when bending | hurts when i bend: stiff
        wont straighten | cant straighten | cannot straighten | doesnt straighten | wont lie flat: crooked
        wont lay flat: crooked
        cant stand tiptoe | cant stand tiptoes | cant stand on my toes | cant raise up: posterior tibial
        cant rise up: posterior tibial
        no heel raise | cant raise heel | cant lift heel | cant go up on toes | cant get up on toes: posterior tibial
        no arch | no arches | lost arch | without arch: flat arch
        doesnt touch | dont touch | not touch: high
        never heals | never closes | wont close | not closing | doesnt close | keeps opening: heal
        =stepped on nail | =stepped * nail in foot | stood on nail | nail went through | nail in foot: puncture
        =stepped on glass | glass in foot | something stuck in foot | =stepped on needle | =stepped on tack: puncture
        dropped * on foot | dropped * on toe | fell on foot | fell on toe | ran over foot | ran over toe: broken toe
        nail fell off | nail came off | toenail fell off | toenail came off | ripped off toenail: avulsion
        like stepping on nail | like stepping on glass | like stepping on tack | like stepping on needle: stabbing
        ripped toenail | torn toenail | tore toenail | lost toenail | losing toenail: avulsion
        uña encarnada | uñas encarnadas | una encarnada | uñero: ingrown toenail
        juanete | juanetes: bunion
        talon | talones: heel
        dolor | duele | duelen | me duele: pain
        hongo | hongos | hongos en las uñas: fungus
        uña | uñas: nail
        verruga | verrugas: wart
        callo | callos | callosidad: callus
        pie plano | pies planos: flat foot
        pie diabetico | pies diabeticos | diabetico | diabetica: diabetes foot
        pie de atleta: athletes foot
        espolon: heel spur
        fascitis plantar: plantar fasciitis
        tobillo: ankle
        torcido | torcedura | esguince: sprain
        dedo | dedos: toe
        dedo en martillo | dedos en martillo: hammertoe
        pie | pies: foot
        planta del pie: sole
        gota: gout
        entumecido | entumecidos | adormecido | adormecidos: numb
        hormigueo: tingling
        ardor | arden: burning
        hinchado | hinchazon | hinchados: swollen
        llaga | herida | ulcera: sore
        niño | niña | hijo | hija: child
        arco alto: high arch
        coming back | come back | comes back | came back | back again: recurring
        cold sore | cold sores: herpes
        foot drop | drop foot: palsy
        got stepped on | stepped on by: crush
        chemo | chemotherapy: neuropathy
        a1c | blood sugar | blood sugars: diabetes
        ankle rolls in | ankle leans in | ankle caves in: ankles roll inward
        foot rolls in | foot turns in when walking: feet roll inward
        pies dormidos | pie dormido | dormido | dormidos: numb
        bed sore | bed sores: pressure sore
        bruise under nail | bruise under toenail | blood under nail | blood under toenail: hematoma
        scraped toe | scraped foot | scraped heel | scraped knee: abrasion
        extra toe | extra toes | six toes | webbed toes: polydactyly
        hot flash | hot flashes: menopause
        knee surgery | knee injection | knee brace | knee replacement | knee arthritis | knee shot: prosthesis
        hip surgery | hip injection | hip replacement | hip arthritis | back surgery | back brace: prosthesis
        first toe | great toe: big toe
        pinky toe | baby toe | fifth toe | smallest toe | pinkie toe: little toe
        ra: rheumatoid arthritis
        pf: plantar fasciitis
        met head | met heads: metatarsal
        bruised toenail | bruised nail | black nail after | nail black after hitting | toenail black after: hematoma
        toenail ripped | nail ripped | toenail torn: avulsion
        hi arch | hi arches | hi arched: high arch
        feet burn | foot burns | feet on fire | foot on fire | soles burn | bottom of feet burn: burning feet numb
        bottom of foot burns: burning feet numb
        foot * falling asleep | feet falling asleep | foot falls asleep | toes fall asleep: numb feet
        ball of foot burns | ball of feet burn | balls of feet burn: burning ball foot pain
        dont feel | do not feel | doesnt feel anything: numb neuropathy
        dont feel good | dont feel well | dont feel right | doesnt feel right | dont feel like: unwell
        stepping on marble | stepping on pebble | stepping on stone | stepping on rock | stepping on lump: pebble shoe
        walking on marble | walking on pebble | walking on stone | walking on stones | walking on rocks: pebble shoe
        walking on marbles | walking on pebbles | walking on golf ball: pebble shoe
        bone growing | bone grows | bone growth | growth of bone | piece of bone | extra bone | spike of bone: bone spur
        stone bruise * heel | stone bruised heel | heel * stone bruise | bruised heel | heel bruise: heel pain
        roll foot * ball | roll foot * bottle | roll * water bottle | roll * frozen bottle: plantar fasciitis
        have to rub | had to rub | stop and rub | shoe off and rub: neuroma
        have to take off shoe | had to take off shoe | have to take shoe off | take off shoe and rub: neuroma
        ice or heat | heat or ice:
        plantar plate: metatarsal
        black and blue: bruised swollen
        lamisil cream | terbinafine cream | antifungal ointment: athletes foot
        dead skin | hard skin | rough skin | kernel | seed corn | soft corn: callus corn
        type 2 | type 1 | type two | type one | type ii: diabetes
        turn out | turns out | point out | points out | pointing out | toes out: ankles roll inward flat
        walk on toes | walks on toes | toe walker | toe walking: palsy
        tight calf | tight calves | calf tight | calves tight: achilles tendon
        cutting into skin | cuts into skin | digs into skin | digging into skin | pushing into skin: ingrown
        shooting pain * night | shocks at night | zaps at night: neuropathy night
        arch too much | arches too much | arch too high | arches too high: high arch
        cut * nail too short | cut * toenail too short | trimmed * too short | cut nail wrong: ingrown toenail
        ankle clicks | ankle clicking | ankle pops | ankle popping | ankle cracks: weak ankle
        overpronation | over pronation | overpronating | overpronate | overpronator | over pronate: flat feet
        weight loss | lose weight | losing weight | lost weight: obesity
    """),
    aids=sayings_in("""
        cortisone shot | cortisone | steroid shot | steroid injection | injection in heel | heel injection: heel pain
        night splint | night boot | sleeping splint | strassburg sock | heel cup | heel cups: plantar fasciitis
        heel pad: plantar fasciitis
        heel cushion | gel heel | golf ball | tennis ball | water bottle | massage ball: plantar fasciitis
        rolling foot * bottle: plantar fasciitis
        shockwave | shock wave | prp | kt tape | taping | foot massager | plantar sock: plantar fasciitis
        heel lift | heel lifts | eccentric | heel drops: achilles tendon
        cam boot | walking boot | cast | walking cast | moon boot | air cast | aircast: stress fracture
        surgical boot | crutches: stress fracture
        knee scooter | bone stimulator | medical boot | orthopedic boot | surgical shoe: stress fracture
        ankle brace | ankle wrap | ankle support | ace bandage | ace wrap | balance board | wobble board: ankle sprain
        toe spacer | toe spacers | toe separator | toe separators | bunion splint | bunion pad | bunionectomy: bunion
        lapiplasty | toe spreader | toe spreaders | bunion corrector: bunion
        toe straightener | toe straightening | toe splint | toe cap | toe pad | toe crest: hammertoe
        buddy splint | toe sleeve: hammertoe
        metatarsal pad | met pad | ball of foot cushion | ball of foot pads | forefoot pad: ball foot pain
        pumice | pumice stone | foot file | callus shaver | urea | foot peel | corn plaster | corn remover: callus
        compound w | wart freezing | wart remover | cryotherapy | freeze off | liquid nitrogen: wart
        salicylic acid | duct tape | cantharidin: wart
        allopurinol | colchicine | febuxostat | uloric | indomethacin | cherry juice | low purine | purine: gout
        gabapentin | lyrica | pregabalin | cymbalta | duloxetine | nerve cream | capsaicin | alpha lipoic: neuropathy
        lamisil | terbinafine | tea tree oil | jublia | penlac | ciclopirox | kerasal | kerydin | vicks: nail fungus
        tea tree: nail fungus
        toenail laser | laser: nail fungus
        lotrimin | clotrimazole | tinactin | tolnaftate | miconazole | foot powder | antifungal cream: athletes foot
        antifungal spray | antifungal powder | foot spray: athletes foot
        phenol | matrixectomy | matricectomy | nail brace | nail removal | toenail removal: ingrown nail
        toenail surgery: ingrown nail
        permanent nail removal | take off toenail | remove toenail: ingrown nail
        total contact cast | offloading | wound vac | wound care | debridement | skin graft | hyperbaric: foot ulcer
        dancers pad | turf toe plate: sesamoid
        fusion | cheilectomy | arthrodesis | joint replacement | carbon plate | stiff sole: foot arthritis
        rocker sole: foot arthritis
        rocker bottom | voltaren | diclofenac: foot arthritis
        alcohol injection | neurectomy: neuroma
        shoe * diabetic | shoes * diabetics | sock * diabetic: diabetes foot
        diabetic shoe | diabetic shoes | diabetic sock | diabetic socks | pedicure * diabetic: diabetes foot
        trim toenails | toenail trimming | nail trimming | cut toenails: nail care
        clip toenails | toenail clipping | nail clipping | clipping nails | clip my nails | toenail cutting: nail care
    """),
    elsewhere=words_in("""
        head hair hand finger fingernail wrist elbow shoulder neck eye ear nose tooth teeth toothache headache
        mouth face throat chest stomach belly breast lip tongue thumb arm carpal thigh sinus yeast kidney
        heart lung bladder brain blood rotator dog cat horse puppy pet genital gum weather oil tax flight hotel
        restaurant canker fingertip thyroid cholesterol pizza movie recipe lottery hospital pharmacy emergency
        salon ring massage dentist dental veterinarian lawyer bank traffic polish manicure hemorrhoid tattoo
        piercing acne spider menopause eyebrow obesity soup calorie
    """),
    ordinary=words_in("""
        ability above adding adult aging alarm alone apple arrow asking batch bath beach beard bench blend board
        boast boat bored boring bottle bound bowl brand bread bride brief bring broad brown build burst cable
        candle carry catch cattle chain chair chance cheap cheese choice clean clear climb close cloth coach coast
        coffee could count court cover crash cream crown daily dairy dance dealer dinner dirty doing drain dream
        dress drill drink drive early earth eating enter equal event every exact extra faint faith false family
        farmer fence field fight final first fixed flame flash fleet flight flood flour flower focus follow force
        forth found frame fresh friend front fruit funny garage garden giant given glass globe grand grass green
        group guess guest guide hairy happy heard heart heavy hello hiring hitting holder hotel hourly house human
        hurry inner island kitchen knife large laser later laugh layer learn least leave level light local loose
        lower lucky lunch maker march match maybe metal meter minor model money mother motor mouse moving music
        never night noise north novel ocean older order other outer paint panel paper party patch peace phase
        phone photo piano piece place plain plane plant plate point pound power press price pride prime print
        prize proof proud queen quick quiet quite radio raise range rapid reach ready repair right ripped river
        robot rough round route royal rural school score secure seller sale scores scored snores snoring hiking
        biking riding sense serve seven shape share sharp sheet shelf shell shift shine shirt shock shoot shore
        short sight simple since skill sleep slide small smart smile smoke snake solid sorry sound south space
        spare speak speed spider spend split spoon sport staff stage stair stake stand start state steak steam steel
        stick still stock stone store storm story strip study style sugar sweet table taken taste teach their
        theme there these thick thing think third those three throw tight title total touch tower track trade
        train treat trend trial tribe trick truck trust truth twice uncle under union until upper urban usual
        value video visit voice waste watch water wheel where which while white whole whose woman world worry
        worse worst worth would write wrong young youth
    """),
    signs=words_in("swell swollen puffy blister bruise edema sweat bump"),
    foot=words_in("foot toe heel ankle arch sole toenail achilles"),
    parts=words_in("heel toe ankle arch ball nail toenail knee back calf leg"),
    circumstances=words_in("""
        husband wife mother mom mommy dad father grandma grandmother grandpa grandfather parent grandparent senior
        elderly old older woman man lady guy nurse waitress waiter cashier mailman mail carrier hairdresser barber
        teacher warehouse worker roofer carpenter gardener golfer golf swing cheerleader soldier military cop
        policeman pregnant pregnancy month year week day weekend morning night hour minute summer winter weather
        vacation camp concrete tile couch chair car driving drive store mile music loud password book experience
        visit someone problem care bring take sent lost wake boot standing stand zumba yoga crossfit treadmill
        basketball soccer football volleyball tennis pickleball hiking wrestle wrestling marathon fifty fifties
    """),
    child_age=re.compile(r"\b(?:[2-9]|1[0-6])[ -]?(?:(?:years?|yrs?|y)[ /-]?)(?:olds?|o)\b", re.IGNORECASE),
    child="kid",
    topics=words_in("""
        ankle arch ball bone calf foot heel hip instep joint knee leg ligament muscle nail nerve shin skin sole tendon
        thigh toe toenail arm back belly chest ear elbow eye face finger hair hand head lip mouth neck nose
        shoulder stomach throat thumb tongue tooth wrist
        calcaneus carpal cuboid cuneiform fibula hamstring malleolus metatarsal navicular peroneal sesamoid talus tarsal
        tibia tibialis trigonum
        ache bleed blister bruise bump burn crack cut discolored flake fracture fungus infection injury itch limp
        lump numb odor pain peel pus rash redness scab scar sore sprain sting stiff
        sweat swell tear tender throb tingle tired ulcer wart weakness wound
    """),
    ailments=words_in("""
        abscess compression palsy allergy amputation anemia apophysitis arthritis avulsion bite boil bursitis
        cancer capsulitis cellulitis chilblain circulation claudication clot clubfoot coalition contracture cough
        covid cramp crush cyst deformity dermatitis dislocation dizzy dysplasia dystonia eczema edema effusion
        embolism erythromelalgia exostosis fever fibroma fibromyalgia flu frostbite ganglion gangrene haglund
        hematoma herpes hives hyperhidrosis hypermobility impetigo ingrown intoeing jam leprosy lipoma lisfranc
        lupus lymphedema maceration measles melanoma migraine mole myositis necrosis neuralgia neuritis neuropathy
        menopause osteomyelitis osteoporosis outtoeing paralysis paronychia pernio phlebitis pigeon polio polydactyly
        polyneuropathy pregnancy psoriasis psoriatic puncture raynaud prosthesis abrasion restless rickets scabies
        sciatica scleroderma scoliosis sepsis shingles slam smash spasm spasticity splinter spondylitis staph
        stroke stub sunburn syndactyly synovitis tendonitis thrombosis tophi trenchfoot tumor twitch varicose
        vasculitis vein verruca vitiligo webbed xerosis
    """),
    treatments=words_in("""
        arthrodesis bandage brace bunionectomy cast cheilectomy compression cortisone crutches cushion debridement
        fusion gait injection insole laser massage matrixectomy medicine mri ointment orthotic orthotics pedicure
        physical posture pronation prp salve shockwave shoe shot slippers sock splint steroid stitches stretch
        surgery tape test therapy ultrasound xray
    """),
)
